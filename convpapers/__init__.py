"""Convolution papers as executable chapters: derivations beside the code, layers to import, tables to reproduce

Each chapter takes one paper about convolution apart. Its notebooks derive the formulas, build the layers from them, compare every layer with a slow independent version, count the paper's networks to the last parameter, and train what the paper trained. The code of the chapters is a package: the layers are drop-in replacements for `nn.Conv2d`, and need `torch` and `fastcore` only."""

__version__ = "0.1.0"
from .even_kernels.symmetric_padding import Conv2dSP, Conv1dSP, Conv2dSame, SymmetricPad2d, symmetric_pad2d
from .learned_strides.layers import DiffStride1d, DiffStride2d, DiffStride3d, SpectralPool1d, SpectralPool2d, SpectralPool3d
from .hypercomplex.layers import PHConv1d, PHConv2d, PHConv3d, PHConvTranspose2d, PHLinear
from .active_shift.layers import ActiveShift2d, GroupedShift2d
from .xsepconv.layers import DirectionalPad2d, XSepConv2d
