"""Which convolution?

Every layer of the house in one network, and the same comparison on pictures of your own."""
from ..lab.basics import on_demand

__getattr__ = on_demand(__name__, named_layers=('LAYERS','put_layer'),
    own_runs=('Comparison','compare'), own_page=('write_page',), own_pictures=('prepare',))
