"""Region-aware convolution

Part: Does it look at the input? 2
Layer: DRConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: DRConv2d | pictures whose parts differ, such as sky and grass | a filter for each region, chosen pixel by pixel | several times the parameters and the time; it cannot be folded"""
from .regions import region_masks
from .layers import DRConv1d, DRConv2d, DRConv3d
