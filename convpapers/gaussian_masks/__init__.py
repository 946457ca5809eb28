"""Gaussian masks

Part: Where does a kernel look? 3"""
from .mask import gaussian_mask
from .layers import DynamicGMConv2d, GMConv1d, GMConv2d, GMConv3d
