"""Learned strides

Part: How does a map shrink?"""
from .spectral_pooling import output_size, pooling_matrix
from .masks import spectral_mask
from .layers import DiffStride1d, DiffStride2d, DiffStride3d, SpectralPool1d, SpectralPool2d, SpectralPool3d
from .networks import preact_resnet, preact_resnet18, preact_resnet56
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, callbacks=('StrideTraining', 'StrideLog', 'StrideRegularizer'))
