"""Fully separable convolution

Part: How large may it be? 3"""
from .layers import FuSeConv2d, FuSeConv3d
from .networks import fuse_mobilenet
from .scaffold import FuSeScaffold2d, anneal, scaffold, take_down
from .systolic_model import network_cycles, systolic_cycles
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, callbacks=('Anneal',))
