"""Poly-scale convolution

Part: Where does a kernel look? 4"""
from .pattern import dilation_pattern
from .layers import PSConv1d, PSConv2d, PSConv3d
