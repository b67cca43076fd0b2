#include "trace/trace-hw_intc_iosapic.h"
