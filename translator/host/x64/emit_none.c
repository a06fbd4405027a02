#include "emit.h"
__attribute__((weak)) bool emit_vec(struct emit *e, ir_ref k) { (void)e; (void)k; return false; }
__attribute__((weak)) bool emit_fp(struct emit *e, ir_ref k) { (void)e; (void)k; return false; }
