// Policies from their text, for a service that compiles them itself. Of the component `compiler`.
#pragma once

#include "compiler/build/build.h"
#include "compiler/build/compile.h"
