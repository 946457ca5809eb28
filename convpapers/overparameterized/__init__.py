"""Over-parameterized convolution

Part: What is it made of? 2
Layer: DOConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: DOConv2d | any convolution that you train from the start | another path of gradient descent to the same kind of layer | a second kernel in training; `fold()` leaves a plain convolution"""
from .composition import compose_features, compose_kernels
from .layers import DOConv1d, DOConv2d, DOConv3d
