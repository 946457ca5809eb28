"""Heterogeneous kernels

Part: Where does a kernel look? 5"""
from .cpu_kernel import TiledConv2d
from .layers import LHConv1d, LHConv2d, LHConv3d, kept
from .networks import lhc_vgg16
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, pruning=('HeterogeneityPruning','LHCLoss'))
