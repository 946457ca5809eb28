"""Region-aware convolution

Part: Does it look at the input? 2"""
from .regions import region_masks
from .layers import DRConv1d, DRConv2d, DRConv3d
