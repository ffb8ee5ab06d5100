// Machine code for an engine, by LLVM. Of the component `jit`.
#pragma once

#include "runtime/jit/jit.h"
