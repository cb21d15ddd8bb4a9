; Waits until nobody runs the program: its doors hold a mutex (launcher.c), and a program file that runs cannot be opened
; for writing.
; Asked for, it asks back; silent, it waits a minute (the program that started the upgrade is just closing) and gives 3.
!macro RunningCheck PREFIX
Function ${PREFIX}WaitUntilClosed
  StrCpy $R1 0
  again:
    Call ${PREFIX}IsRunning
    Pop $R0
    ${If} $R0 == 0
      Push "$INSTDIR\current\xiangcai.exe"
      Call ${PREFIX}IsHeld
      Pop $R0
    ${EndIf}
    ${If} $R0 == 0
      Push "$INSTDIR\current\xiangcai-cli.exe"
      Call ${PREFIX}IsHeld
      Pop $R0
    ${EndIf}
    ${If} $R0 == 0
      Return
    ${EndIf}
    IntOp $R1 $R1 + 1
    ${If} $R1 <= 60
      Sleep 1000
      ${If} ${Silent}
        Goto again
      ${EndIf}
      ${If} $R1 < 5
        Goto again
      ${EndIf}
    ${EndIf}
    MessageBox MB_ICONEXCLAMATION|MB_RETRYCANCEL "${NAME} 正在运行。请先关闭它（其他用户登录着的也要关闭），再按“重试”。" /SD IDCANCEL IDRETRY again
    SetErrorLevel 3
    Quit
FunctionEnd

Function ${PREFIX}IsRunning ; → 1 when somebody on this machine runs it; another user's mutex (5) may be seen, not opened
  Push $R2
  Push $R3
  System::Call "kernel32::OpenMutexW(i 0x100000, i 0, w 'Global\XiangCai.running') p .R2 ?e"
  Pop $R3
  ${If} $R2 P<> 0
    System::Call "kernel32::CloseHandle(p R2)"
    StrCpy $R2 1
  ${ElseIf} $R3 = 5
    StrCpy $R2 1
  ${Else}
    StrCpy $R2 0
  ${EndIf}
  Pop $R3
  Exch $R2
FunctionEnd

Function ${PREFIX}IsHeld ; path → 1 when it is there and held
  Exch $R2
  ${If} ${FileExists} "$R2"
    ClearErrors
    FileOpen $R3 "$R2" a
    ${If} ${Errors}
      StrCpy $R2 1
    ${Else}
      FileClose $R3
      StrCpy $R2 0
    ${EndIf}
  ${Else}
    StrCpy $R2 0
  ${EndIf}
  Exch $R2
FunctionEnd
!macroend
