/* For trying under wine 8 only: the one function of bcryptprimitives.dll, which Windows has had since 8 and wine since 9. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length)
{
    return RtlGenRandom(bytes, (ULONG)length);
}
