/*
 * vdso.h - the vdso images, for the guests' descriptors.
 *
 * An image is a complete position-independent shared object of the guest's
 * instruction set, mapped as it is. The trampoline's offset is where signal
 * handlers return to.
 */
#ifndef FERRY_VDSO_H
#define FERRY_VDSO_H

struct vdso_a64;

extern const struct vdso_a64 vdso_a64;

#define VDSO_A64_SIZE		888
#define VDSO_A64_SIGRETURN	832

#endif
