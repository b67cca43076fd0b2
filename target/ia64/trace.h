#include "trace/trace-target_ia64.h"
