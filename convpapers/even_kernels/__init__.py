"""Even-sized kernels

Part: Where does a kernel look? 1"""
from .symmetric_padding import Conv2dSP, Conv1dSP, Conv2dSame, SymmetricPad2d, symmetric_pad2d
from .networks import cifar_resnet, cifar_densenet, wide_densenet, resnet50, densenet121, resnet50_c2sp_optim
from .shift import tap_offsets
from .shift_audit import shift_of
from .information_erosion import mean_field_erosion, erosion
