// What is asked: facts by their places, addresses and times as values, and requests by names.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/prepared.h"
#include "runtime/program/facts.h"
#include "runtime/program/value.h"
#include "runtime/program/vocabulary.h"
