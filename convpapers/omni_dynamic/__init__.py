"""Dynamic kernels

Part: Does it look at the input? 1
Layer: ODConv2d(C, C, 3, padding=1, bias=False) | 3×3 convolution
Use: ODConv2d | a small network that may hold more weights than it multiplies | a kernel for each picture, mixed from a few | time, and a temperature that falls in training; it cannot be folded
Use: KWConv2d | a network whose weights should be fewer, or many more, at the same depth | any number of parameters: the layers of a stage share cells | time for the mixing; it cannot be folded"""
from .layers import ODConv1d, ODConv2d, ODConv3d, kernel_for
from .warehouse import KWConv1d, KWConv2d, KWConv3d, Warehouse, use_warehouses
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, schedule=('TemperatureSchedule',))
