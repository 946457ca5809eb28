"""Even-sized kernels

Part: Where does a kernel look? 1
Layer: Conv2dSP(C, C, 2, bias=False) | 3×3 convolution
Use: Conv2dSP | a 3×3 convolution that may be smaller | fewer parameters and multiply-adds, with 2×2 | nothing: it becomes a plain convolution with `to_conv()`"""
from .symmetric_padding import Conv2dSP, Conv1dSP, Conv2dSame, SymmetricPad2d, symmetric_pad2d
from .networks import cifar_resnet, cifar_densenet, wide_densenet, resnet50, densenet121, resnet50_c2sp_optim
from .shift import tap_offsets
from .shift_audit import shift_of
from .information_erosion import mean_field_erosion, erosion
