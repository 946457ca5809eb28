"""Hypercomplex convolution

Part: What is it made of?"""
from .kronecker_sums import ALGEBRAS, algebra, kronecker_sum
from .bilinear_rank import Factors, bilinear_rank_factors
from .layers import FactoredConv, PHConv1d, PHConv2d, PHConv3d, PHConvTranspose2d, PHLinear
from .networks import ph_preact_resnet18, ph_resnet, ph_vgg
