"""Hypercomplex convolution

Part: What is it made of?
Layer: PHConv2d(C, C, 3, padding=1, n=4, bias=False) | 3×3 convolution
Use: PHConv2d | wide layers with too many weights | an `n`-th of the weights | a plain convolution is built from them, or taken with `fold()` after training"""
from .kronecker_sums import ALGEBRAS, algebra, kronecker_sum
from .bilinear_rank import Factors, bilinear_rank_factors
from .layers import FactoredConv, PHConv1d, PHConv2d, PHConv3d, PHConvTranspose2d, PHLinear
from .networks import ph_preact_resnet18, ph_resnet, ph_vgg
