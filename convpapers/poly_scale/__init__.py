"""Poly-scale convolution

Part: Where does a kernel look? 4
Layer: PSConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: PSConv2d | 3×3 convolutions, and things of many sizes in the picture | three scales at once, for the same parameters and multiply-adds | time: three grouped convolutions in the place of one"""
from .pattern import dilation_pattern
from .layers import PSConv1d, PSConv2d, PSConv3d
