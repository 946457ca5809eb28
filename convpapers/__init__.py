"""Convolution papers as executable chapters: derivations beside the code, layers to import, tables to reproduce

Each chapter takes one paper about convolution apart, and leaves a layer that you can put in the place of `nn.Conv2d`, a table that you can train again, and a page that says why it works or does not."""

__version__ = "0.1.0"
from .even_kernels.symmetric_padding import Conv2dSP, Conv1dSP, Conv2dSame, SymmetricPad2d, symmetric_pad2d
from .learned_strides.layers import DiffStride1d, DiffStride2d, DiffStride3d, SpectralPool1d, SpectralPool2d, SpectralPool3d
from .hypercomplex.layers import PHConv1d, PHConv2d, PHConv3d, PHConvTranspose2d, PHLinear
from .active_shift.layers import ActiveShift2d, GroupedShift2d
from .xsepconv.layers import DirectionalPad2d, XSepConv2d
from .heterogeneous.layers import LHConv1d, LHConv2d, LHConv3d
from .fully_separable.layers import FuSeConv2d, FuSeConv3d
from .inception_next.layers import InceptionDWConv2d
from .overparameterized.layers import DOConv1d, DOConv2d, DOConv3d
from .gaussian_masks.layers import DynamicGMConv1d, DynamicGMConv2d, DynamicGMConv3d
from .gaussian_masks.layers import GMConv1d, GMConv2d, GMConv3d
from .poly_scale.layers import PSConv1d, PSConv2d, PSConv3d
from .omni_dynamic.layers import ODConv1d, ODConv2d, ODConv3d
from .omni_dynamic.warehouse import KWConv1d, KWConv2d, KWConv3d, Warehouse
from .omni_dynamic.warehouse import KWConv1d, KWConv2d, KWConv3d
from .region_aware.layers import DRConv1d, DRConv2d, DRConv3d
