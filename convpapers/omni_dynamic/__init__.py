"""Dynamic kernels

Part: Does it look at the input? 1"""
from .layers import ODConv1d, ODConv2d, ODConv3d, kernel_for
from .warehouse import KWConv1d, KWConv2d, KWConv3d, Warehouse, use_warehouses
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, schedule=('TemperatureSchedule',))
