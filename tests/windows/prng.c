/* What CPython 3.13 takes its random bytes from on Windows, and Wine 8 has not: beside python.exe, in tests alone. */
#include <windows.h>
#include <ntsecapi.h> /* RtlGenRandom, which advapi32 exports as SystemFunction036 */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    return RtlGenRandom(buffer, (ULONG)length);
}
