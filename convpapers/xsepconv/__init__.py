"""XSepConv

Part: How large may it be?
Layer: XSepConv2d(C, C, 7, padding=3, groups=C, bias=False) | depthwise 7×7
Use: XSepConv2d | a large depthwise convolution | far fewer multiply-adds | directions for the whole network, set by `assign_directions`"""
from .block import xsep_conv2d
from .layers import FoldedXSepConv2d, XSepConv2d, assign_directions
from .merging import deploy
from .networks import mobilenetv3_large, mobilenetv3_small, xsepconv_mobilenetv3_small
from .padding import DirectionalPad2d
from .surgery import replace_depthwise
