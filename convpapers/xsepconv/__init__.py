"""XSepConv

Part: How large may it be?"""
from .block import xsep_conv2d
from .layers import FoldedXSepConv2d, XSepConv2d, assign_directions
from .merging import deploy
from .networks import mobilenetv3_large, mobilenetv3_small, xsepconv_mobilenetv3_small
from .padding import DirectionalPad2d
from .surgery import replace_depthwise
