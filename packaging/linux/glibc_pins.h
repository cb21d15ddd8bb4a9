/* Included before every file of CPython (gcc -include): newer symbol versions are asked for by their old names,
 * so that what is compiled on Debian 11 (glibc 2.31) loads on UOS 20 (glibc 2.28). The functions are the same;
 * the newer versions differ only in how they report errors through errno. */
#ifndef XIANGCAI_GLIBC_PINS_H
#define XIANGCAI_GLIBC_PINS_H
#if defined(__x86_64__)
#define PINNED "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define PINNED "GLIBC_2.17"
#endif
#ifdef PINNED
__asm__(".symver exp, exp@" PINNED);
__asm__(".symver log, log@" PINNED);
__asm__(".symver pow, pow@" PINNED);
__asm__(".symver exp2, exp2@" PINNED);
__asm__(".symver log2, log2@" PINNED);
#endif
#endif
