/* The program's two doors on Windows: xiangcai.exe (the window) and xiangcai-cli.exe (the headless commands).

   A door loads the interpreter that lies beside it and hands it one line and the arguments. It unpacks nothing, starts no
   second process and touches no file, so that virus scanners have nothing to object to. WINDOW is defined for the first. */

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <wchar.h>

#ifdef WINDOW
#define MODULE L"ui.__main__"
#else
#define MODULE L"app.__main__"
#endif

/* sys.frozen: the program is started by its own name, not by `python -m` */
static const wchar_t *START =
    L"import sys; sys.frozen = True; from " MODULE L" import main; sys.exit(main())";

typedef int (*Interpreter)(int, wchar_t **);

static int stop(const wchar_t *sentence)
{
#ifdef WINDOW
    MessageBoxW(NULL, sentence, L"乡财一卡通", MB_ICONERROR);
#else
    DWORD written;
    HANDLE error = GetStdHandle(STD_ERROR_HANDLE);
    char text[512];
    int length = WideCharToMultiByte(CP_UTF8, 0, sentence, -1, text, sizeof text, NULL, NULL);
    if (length > 1)
        WriteFile(error, text, (DWORD)length - 1, &written, NULL);
#endif
    return 3;
}

static int run(int count, wchar_t **arguments)
{
    /* held as long as the program runs, and looked for by the installers (running.nsh) */
    CreateMutexW(NULL, FALSE, L"Global\\XiangCai.running");
    wchar_t path[32768];
    DWORD length = GetModuleFileNameW(NULL, path, 32760);
    if (length == 0 || length >= 32760)
        return stop(L"程序所在的路径太长，无法启动。请重新安装到短一些的路径。\n");
    wchar_t *name = wcsrchr(path, L'\\') + 1;
    /* only the folder of the program and the system's are searched for DLLs, never the current one (a stick's) */
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_APPLICATION_DIR | LOAD_LIBRARY_SEARCH_USER_DIRS);
    if (name + wcslen(L"python311.dll") >= path + 32768)
        return stop(L"程序所在的路径太长，无法启动。请重新安装到短一些的路径。\n");
    wcscpy(name, L"python311.dll");
    HMODULE library = LoadLibraryExW(path, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    Interpreter interpreter = library ? (Interpreter)(void *)GetProcAddress(library, "Py_Main") : NULL;
    if (interpreter == NULL)
        return stop(L"程序文件不完整（缺少 python311.dll，或被杀毒软件隔离）。请重新安装；仍不行的，请把程序文件夹加入杀毒软件的信任区。\n");

    const wchar_t *before[] = {arguments[0], L"-X", L"utf8", L"-c", START};
    int fixed = sizeof before / sizeof *before;
    wchar_t **whole = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (size_t)(fixed + count) * sizeof(wchar_t *));
    if (whole == NULL)
        return stop(L"内存不足，程序无法启动。请关闭其他程序后重试。\n");
    for (int place = 0; place < fixed; place++)
        whole[place] = (wchar_t *)before[place];
    for (int place = 1; place < count; place++)
        whole[fixed + place - 1] = arguments[place];
    return interpreter(fixed + count - 1, whole);
}

#ifdef WINDOW
#include <shellapi.h>
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR line, int show)
{
    int count = 0;
    wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
    (void)instance, (void)previous, (void)line, (void)show;
    return arguments ? run(count, arguments) : 3;
}
#else
int wmain(int count, wchar_t **arguments)
{
    return run(count, arguments);
}
#endif
