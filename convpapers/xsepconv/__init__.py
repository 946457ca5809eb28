from .layers import XSepConv2d, assign_directions, xsep_conv2d
from .padding import DirectionalPad2d
