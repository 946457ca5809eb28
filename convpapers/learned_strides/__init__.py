"""Learned strides

Part: How does a map shrink?
Layer: DiffStride2d(2.) | pooling or stride
Use: DiffStride2d | a strided convolution or a pooling whose stride is a guess | a stride that is learned, not searched for | a learning rate for the strides, and time in training
Use: SpectralPool2d | aliasing after pooling | low frequencies that are kept whole | two small matrix products in the place of a mean"""
from .spectral_pooling import output_size, pooling_matrix
from .masks import spectral_mask
from .layers import DiffStride1d, DiffStride2d, DiffStride3d, SpectralPool1d, SpectralPool2d, SpectralPool3d
from .networks import preact_resnet, preact_resnet18, preact_resnet56
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, callbacks=('StrideTraining', 'StrideLog', 'StrideRegularizer'))
