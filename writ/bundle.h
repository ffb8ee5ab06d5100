// Compiled policies in files: opened, judged by whom they are signed and how old they are, taken apart, changed by deltas.
#pragma once

#include "runtime/bundle/bundle.h"
#include "runtime/bundle/delta.h"
#include "runtime/bundle/trust.h"
