"""Fully separable convolution

Part: How large may it be? 3
Layer: FuSeConv2d(C, C, 3, padding=1, bias=False) | depthwise 3×3
Use: FuSeConv2d | depthwise convolutions on a systolic array | fewer cycles, and *k* weights a channel in the place of *k*² | a chip whose rows of cells share a weight, for most of the gain"""
from .layers import FuSeConv2d, FuSeConv3d
from .networks import fuse_mobilenet
from .scaffold import FuSeScaffold2d, anneal, scaffold, take_down
from .systolic_model import network_cycles, systolic_cycles
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, callbacks=('Anneal',))
