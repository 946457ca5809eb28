from .layers import ActiveShift2d, GroupedShift2d, active_shift2d
