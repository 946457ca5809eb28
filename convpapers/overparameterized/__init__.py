"""Over-parameterized convolution

Part: What is it made of? 2"""
from .composition import compose_features, compose_kernels
from .layers import DOConv1d, DOConv2d, DOConv3d
