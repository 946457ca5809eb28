"""Large kernels for a few channels

Part: How large may it be? 2
Layer: InceptionDWConv2d(C, C, bias=False) | depthwise 7×7
Use: InceptionDWConv2d | a large depthwise convolution with stride 1 | far fewer multiply-adds, and less traffic of memory | that bands along the axes are enough: one layer does not see slanted lines"""
from .bands import branch_channels
from .layers import InceptionDWConv2d, inception_dwconv2d
from .networks import (MetaNeXt, MetaNeXtBlock, deploy, inception_next_atto, inception_next_base, inception_next_small,
    inception_next_tiny)
