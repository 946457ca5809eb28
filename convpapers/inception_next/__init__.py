"""Large kernels for a few channels

Part: How large may it be? 2"""
from .bands import branch_channels
from .layers import InceptionDWConv2d, inception_dwconv2d
from .networks import (MetaNeXt, MetaNeXtBlock, deploy, inception_next_atto, inception_next_base, inception_next_small,
    inception_next_tiny)
