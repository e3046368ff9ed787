@echo off
title fs-triage
mode con: cols=100 lines=32 >nul 2>nul
"%~dp0python\python.exe" -X utf8 -m fs_triage
if not "%errorlevel%"=="0" if not "%errorlevel%"=="130" pause
