#include "trace/trace-hw_ia64_zx1.h"
