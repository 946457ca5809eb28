"""Active shift

Part: Where does a kernel look? 2
Layer: ActiveShift2d(C) | depthwise 3×3
Use: ActiveShift2d | a 3×3 depthwise convolution | two numbers a channel in the place of nine weights | rules for the gradient of a shift"""
from .layers import ActiveShift2d, GroupedShift2d, active_shift2d
from .networks import as_resnet, as_resnet_cifar, shift_resnet, shiftnet
from .released_weights import load_released_w32
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, shift_training=('ShiftGradNorm', 'register_shift_grad_norm', 'shift_param_groups'))
