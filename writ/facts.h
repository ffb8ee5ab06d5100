// What the structs stand on that `writ facts --cpp` writes.
#pragma once

#include "runtime/engine/places.h"
#include "writ/engine.h"
