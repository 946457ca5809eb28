"`python -m convpapers` is the command `convpapers`"
import sys
from convpapers.cli import main

sys.exit(main())
