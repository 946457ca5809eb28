"""Heterogeneous kernels

Part: Where does a kernel look? 5
Layer: LHConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: LHConv2d | 3×3 convolutions that must run fast on a processor | time: whole tiles of multiply-adds are skipped, with `to_tiles()` | a training in which the masks learn"""
from .cpu_kernel import TiledConv2d
from .layers import LHConv1d, LHConv2d, LHConv3d, kept
from .networks import lhc_vgg16
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, pruning=('HeterogeneityPruning','LHCLoss'))
