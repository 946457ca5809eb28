__version__ = "0.1.0"
from .even_kernels.symmetric_padding import Conv2dSP, Conv1dSP, Conv2dSame, SymmetricPad2d, symmetric_pad2d
