// Counters of failed attempts, and the attempt that is counted by them.
#pragma once

#include "runtime/engine/attempt.h"
#include "runtime/store/fallback.h"
#include "runtime/store/memory.h"
#include "runtime/store/store.h"
#include "writ/engine.h"
