"""Gaussian masks

Part: Where does a kernel look? 3
Layer: GMConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: GMConv2d | kernels whose size is a guess | a number in each layer that learns how far it reads | time in training for the mask; `fold()` leaves a plain convolution"""
from .mask import gaussian_mask
from .layers import DynamicGMConv1d, DynamicGMConv2d, DynamicGMConv3d, GMConv1d, GMConv2d, GMConv3d
