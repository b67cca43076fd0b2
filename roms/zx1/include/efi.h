/*
 * EFI 1.10 types, services and protocols, as far as this firmware has them
 *
 * Written from the interface descriptions of the EFI 1.10 and UEFI 2.x
 * specifications.  All structures have the natural alignment of the ia64
 * ABI, which is what EFI prescribes; function pointers are pointers to
 * {ip, gp} descriptors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_EFI_H
#define ZX1_EFI_H

#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdarg.h>

typedef uint8_t BOOLEAN;
typedef int64_t INTN;
typedef uint64_t UINTN;
typedef int8_t INT8;
typedef uint8_t UINT8;
typedef int16_t INT16;
typedef uint16_t UINT16;
typedef int32_t INT32;
typedef uint32_t UINT32;
typedef int64_t INT64;
typedef uint64_t UINT64;
typedef uint16_t CHAR16;
typedef char CHAR8;
typedef void VOID;
typedef UINTN EFI_STATUS;
typedef void *EFI_HANDLE;
typedef void *EFI_EVENT;
typedef UINTN EFI_TPL;
typedef UINT64 EFI_LBA;
typedef UINT64 EFI_PHYSICAL_ADDRESS;
typedef UINT64 EFI_VIRTUAL_ADDRESS;

/* The ia64 EFI calling convention is the C one */
#define EFIAPI
#define IN
#define OUT
#define OPTIONAL
#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

typedef struct {
    UINT32 Data1;
    UINT16 Data2;
    UINT16 Data3;
    UINT8 Data4[8];
} EFI_GUID;

/* Status codes: errors have the top bit set, warnings have not */
#define EFI_ERR(n) (0x8000000000000000UL | (n))
#define EFI_ERROR(s) ((INTN)(s) < 0)
#define EFI_SUCCESS 0UL
#define EFI_WARN_UNKNOWN_GLYPH 1UL
#define EFI_WARN_DELETE_FAILURE 2UL
#define EFI_WARN_WRITE_FAILURE 3UL
#define EFI_WARN_BUFFER_TOO_SMALL 4UL
#define EFI_LOAD_ERROR EFI_ERR(1)
#define EFI_INVALID_PARAMETER EFI_ERR(2)
#define EFI_UNSUPPORTED EFI_ERR(3)
#define EFI_BAD_BUFFER_SIZE EFI_ERR(4)
#define EFI_BUFFER_TOO_SMALL EFI_ERR(5)
#define EFI_NOT_READY EFI_ERR(6)
#define EFI_DEVICE_ERROR EFI_ERR(7)
#define EFI_WRITE_PROTECTED EFI_ERR(8)
#define EFI_OUT_OF_RESOURCES EFI_ERR(9)
#define EFI_VOLUME_CORRUPTED EFI_ERR(10)
#define EFI_VOLUME_FULL EFI_ERR(11)
#define EFI_NO_MEDIA EFI_ERR(12)
#define EFI_MEDIA_CHANGED EFI_ERR(13)
#define EFI_NOT_FOUND EFI_ERR(14)
#define EFI_ACCESS_DENIED EFI_ERR(15)
#define EFI_NO_RESPONSE EFI_ERR(16)
#define EFI_NO_MAPPING EFI_ERR(17)
#define EFI_TIMEOUT EFI_ERR(18)
#define EFI_NOT_STARTED EFI_ERR(19)
#define EFI_ALREADY_STARTED EFI_ERR(20)
#define EFI_ABORTED EFI_ERR(21)
#define EFI_ICMP_ERROR EFI_ERR(22)
#define EFI_TFTP_ERROR EFI_ERR(23)
#define EFI_PROTOCOL_ERROR EFI_ERR(24)
#define EFI_INCOMPATIBLE_VERSION EFI_ERR(25)
#define EFI_SECURITY_VIOLATION EFI_ERR(26)
#define EFI_CRC_ERROR EFI_ERR(27)
#define EFI_END_OF_MEDIA EFI_ERR(28)
#define EFI_END_OF_FILE EFI_ERR(31)

#define EFI_PAGE_SHIFT 12
#define EFI_PAGE_SIZE 4096UL
#define EFI_SIZE_TO_PAGES(n) (((n) + EFI_PAGE_SIZE - 1) >> EFI_PAGE_SHIFT)

#define EFI_1_10_REVISION ((1 << 16) | 10)

typedef struct {
    UINT64 Signature;
    UINT32 Revision;
    UINT32 HeaderSize;
    UINT32 CRC32;
    UINT32 Reserved;
} EFI_TABLE_HEADER;

/* ------------------------------------------------------------------ */
/* Memory */

typedef enum {
    EfiReservedMemoryType,
    EfiLoaderCode,
    EfiLoaderData,
    EfiBootServicesCode,
    EfiBootServicesData,
    EfiRuntimeServicesCode,
    EfiRuntimeServicesData,
    EfiConventionalMemory,
    EfiUnusableMemory,
    EfiACPIReclaimMemory,
    EfiACPIMemoryNVS,
    EfiMemoryMappedIO,
    EfiMemoryMappedIOPortSpace,
    EfiPalCode,
    EfiMaxMemoryType
} EFI_MEMORY_TYPE;

typedef enum {
    AllocateAnyPages,
    AllocateMaxAddress,
    AllocateAddress,
    MaxAllocateType
} EFI_ALLOCATE_TYPE;

typedef struct {
    UINT32 Type;
    UINT32 Pad;
    EFI_PHYSICAL_ADDRESS PhysicalStart;
    EFI_VIRTUAL_ADDRESS VirtualStart;
    UINT64 NumberOfPages;
    UINT64 Attribute;
} EFI_MEMORY_DESCRIPTOR;

#define EFI_MEMORY_DESCRIPTOR_VERSION 1

#define EFI_MEMORY_UC 0x0000000000000001UL
#define EFI_MEMORY_WC 0x0000000000000002UL
#define EFI_MEMORY_WT 0x0000000000000004UL
#define EFI_MEMORY_WB 0x0000000000000008UL
#define EFI_MEMORY_UCE 0x0000000000000010UL
#define EFI_MEMORY_WP 0x0000000000001000UL
#define EFI_MEMORY_RP 0x0000000000002000UL
#define EFI_MEMORY_XP 0x0000000000004000UL
#define EFI_MEMORY_RUNTIME 0x8000000000000000UL

/* ------------------------------------------------------------------ */
/* Device paths */

typedef struct {
    UINT8 Type;
    UINT8 SubType;
    UINT8 Length[2];
} EFI_DEVICE_PATH_PROTOCOL;
typedef EFI_DEVICE_PATH_PROTOCOL EFI_DEVICE_PATH;

#define HARDWARE_DEVICE_PATH 1
#define HW_PCI_DP 1
#define HW_PCCARD_DP 2
#define HW_MEMMAP_DP 3
#define HW_VENDOR_DP 4
#define HW_CONTROLLER_DP 5
#define ACPI_DEVICE_PATH 2
#define ACPI_DP 1
#define ACPI_EXTENDED_DP 2
#define MESSAGING_DEVICE_PATH 3
#define MSG_ATAPI_DP 1
#define MSG_SCSI_DP 2
#define MSG_FIBRECHANNEL_DP 3
#define MSG_USB_DP 5
#define MSG_VENDOR_DP 10
#define MSG_MAC_ADDR_DP 11
#define MSG_UART_DP 14
#define MSG_SATA_DP 18
#define MSG_NVME_NAMESPACE_DP 23
#define MEDIA_DEVICE_PATH 4
#define MEDIA_HARDDRIVE_DP 1
#define MEDIA_CDROM_DP 2
#define MEDIA_VENDOR_DP 3
#define MEDIA_FILEPATH_DP 4
#define MEDIA_PROTOCOL_DP 5
#define BBS_DEVICE_PATH 5
#define END_DEVICE_PATH_TYPE 0x7f
#define END_INSTANCE_DEVICE_PATH_SUBTYPE 0x01
#define END_ENTIRE_DEVICE_PATH_SUBTYPE 0xff

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT8 Function;
    UINT8 Device;
} PCI_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 MemoryType;
    EFI_PHYSICAL_ADDRESS StartingAddress;
    EFI_PHYSICAL_ADDRESS EndingAddress;
} __attribute__((packed)) MEMMAP_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    EFI_GUID Guid;
} __attribute__((packed)) VENDOR_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 ControllerNumber;
} CONTROLLER_DEVICE_PATH;

/* Compressed EISA id: "HWP0002" is EISA_ID('H','W','P',0x0002) */
#define EISA_ID(a, b, c, n) \
    ((UINT32)((((a) - 0x40) & 0x1f) << 10 | (((b) - 0x40) & 0x1f) << 5 | \
              (((c) - 0x40) & 0x1f)) | (UINT32)(n) << 16)

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 HID;
    UINT32 UID;
} ACPI_HID_DEVICE_PATH;

/* Followed by the strings HIDSTR, UIDSTR, CIDSTR, each NUL terminated */
typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 HID;
    UINT32 UID;
    UINT32 CID;
} ACPI_EXTENDED_HID_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT8 PrimarySecondary;
    UINT8 SlaveMaster;
    UINT16 Lun;
} ATAPI_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT16 Pun;
    UINT16 Lun;
} SCSI_DEVICE_PATH;

/* A vendor node with the GUID that fs/devpath.c knows */
typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    EFI_GUID Guid;
    UINT32 Reserved;
    UINT8 SasAddress[8];        /* as it is on the wire */
    UINT8 Lun[8];
    UINT16 DeviceTopology;
    UINT16 RelativeTargetPort;
} __attribute__((packed)) SAS_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT8 Port;
    UINT8 Interface;
} USB_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT16 HBAPortNumber;
    UINT16 PortMultiplierPort;
    UINT16 Lun;
} SATA_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 NamespaceId;
    UINT64 NamespaceUuid;
} __attribute__((packed)) NVME_NAMESPACE_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 Reserved;
    UINT64 BaudRate;
    UINT8 DataBits;
    UINT8 Parity;
    UINT8 StopBits;
} __attribute__((packed)) UART_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 PartitionNumber;
    UINT64 PartitionStart;
    UINT64 PartitionSize;
    UINT8 Signature[16];
    UINT8 MBRType;
    UINT8 SignatureType;
} __attribute__((packed)) HARDDRIVE_DEVICE_PATH;

#define MBR_TYPE_PCAT 1
#define MBR_TYPE_GPT 2
#define SIGNATURE_TYPE_NONE 0
#define SIGNATURE_TYPE_MBR 1
#define SIGNATURE_TYPE_GUID 2

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    UINT32 BootEntry;
    UINT64 PartitionStart;
    UINT64 PartitionSize;
} __attribute__((packed)) CDROM_DEVICE_PATH;

typedef struct {
    EFI_DEVICE_PATH_PROTOCOL Header;
    CHAR16 PathName[];
} FILEPATH_DEVICE_PATH;

static inline UINTN DevicePathNodeLength(const void *dp)
{
    const EFI_DEVICE_PATH_PROTOCOL *p = dp;
    return p->Length[0] | p->Length[1] << 8;
}

static inline void SetDevicePathNodeLength(void *dp, UINTN len)
{
    EFI_DEVICE_PATH_PROTOCOL *p = dp;
    p->Length[0] = len;
    p->Length[1] = len >> 8;
}

static inline EFI_DEVICE_PATH_PROTOCOL *NextDevicePathNode(const void *dp)
{
    return (EFI_DEVICE_PATH_PROTOCOL *)((char *)dp + DevicePathNodeLength(dp));
}

static inline bool IsDevicePathEndType(const void *dp)
{
    const EFI_DEVICE_PATH_PROTOCOL *p = dp;
    return (p->Type & 0x7f) == END_DEVICE_PATH_TYPE;
}

static inline bool IsDevicePathEnd(const void *dp)
{
    const EFI_DEVICE_PATH_PROTOCOL *p = dp;
    return IsDevicePathEndType(dp) &&
           p->SubType == END_ENTIRE_DEVICE_PATH_SUBTYPE;
}

/* ------------------------------------------------------------------ */
/* Time */

typedef struct {
    UINT16 Year;
    UINT8 Month;
    UINT8 Day;
    UINT8 Hour;
    UINT8 Minute;
    UINT8 Second;
    UINT8 Pad1;
    UINT32 Nanosecond;
    INT16 TimeZone;
    UINT8 Daylight;
    UINT8 Pad2;
} EFI_TIME;

#define EFI_TIME_ADJUST_DAYLIGHT 1
#define EFI_TIME_IN_DAYLIGHT 2
#define EFI_UNSPECIFIED_TIMEZONE 0x07ff

typedef struct {
    UINT32 Resolution;
    UINT32 Accuracy;
    BOOLEAN SetsToZero;
} EFI_TIME_CAPABILITIES;

/* ------------------------------------------------------------------ */
/* Console */

typedef struct {
    UINT16 ScanCode;
    CHAR16 UnicodeChar;
} EFI_INPUT_KEY;

#define SCAN_NULL 0x00
#define SCAN_UP 0x01
#define SCAN_DOWN 0x02
#define SCAN_RIGHT 0x03
#define SCAN_LEFT 0x04
#define SCAN_HOME 0x05
#define SCAN_END 0x06
#define SCAN_INSERT 0x07
#define SCAN_DELETE 0x08
#define SCAN_PAGE_UP 0x09
#define SCAN_PAGE_DOWN 0x0a
#define SCAN_F1 0x0b
#define SCAN_F2 0x0c
#define SCAN_F3 0x0d
#define SCAN_F4 0x0e
#define SCAN_F5 0x0f
#define SCAN_F6 0x10
#define SCAN_F7 0x11
#define SCAN_F8 0x12
#define SCAN_F9 0x13
#define SCAN_F10 0x14
#define SCAN_F11 0x15
#define SCAN_F12 0x16
#define SCAN_ESC 0x17

typedef struct _SIMPLE_INPUT_INTERFACE SIMPLE_INPUT_INTERFACE;
struct _SIMPLE_INPUT_INTERFACE {
    EFI_STATUS (EFIAPI *Reset)(SIMPLE_INPUT_INTERFACE *This,
                               BOOLEAN ExtendedVerification);
    EFI_STATUS (EFIAPI *ReadKeyStroke)(SIMPLE_INPUT_INTERFACE *This,
                                       EFI_INPUT_KEY *Key);
    EFI_EVENT WaitForKey;
};
typedef SIMPLE_INPUT_INTERFACE EFI_SIMPLE_TEXT_INPUT_PROTOCOL;

typedef struct {
    INT32 MaxMode;
    INT32 Mode;
    INT32 Attribute;
    INT32 CursorColumn;
    INT32 CursorRow;
    BOOLEAN CursorVisible;
} SIMPLE_TEXT_OUTPUT_MODE;

typedef struct _SIMPLE_TEXT_OUTPUT_INTERFACE SIMPLE_TEXT_OUTPUT_INTERFACE;
struct _SIMPLE_TEXT_OUTPUT_INTERFACE {
    EFI_STATUS (EFIAPI *Reset)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                               BOOLEAN ExtendedVerification);
    EFI_STATUS (EFIAPI *OutputString)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                      CHAR16 *String);
    EFI_STATUS (EFIAPI *TestString)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                    CHAR16 *String);
    EFI_STATUS (EFIAPI *QueryMode)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                   UINTN ModeNumber, UINTN *Columns,
                                   UINTN *Rows);
    EFI_STATUS (EFIAPI *SetMode)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                 UINTN ModeNumber);
    EFI_STATUS (EFIAPI *SetAttribute)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                      UINTN Attribute);
    EFI_STATUS (EFIAPI *ClearScreen)(SIMPLE_TEXT_OUTPUT_INTERFACE *This);
    EFI_STATUS (EFIAPI *SetCursorPosition)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                           UINTN Column, UINTN Row);
    EFI_STATUS (EFIAPI *EnableCursor)(SIMPLE_TEXT_OUTPUT_INTERFACE *This,
                                      BOOLEAN Visible);
    SIMPLE_TEXT_OUTPUT_MODE *Mode;
};
typedef SIMPLE_TEXT_OUTPUT_INTERFACE EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL;

#define EFI_BLACK 0x0
#define EFI_BLUE 0x1
#define EFI_GREEN 0x2
#define EFI_CYAN 0x3
#define EFI_RED 0x4
#define EFI_MAGENTA 0x5
#define EFI_BROWN 0x6
#define EFI_LIGHTGRAY 0x7
#define EFI_BRIGHT 0x8
#define EFI_YELLOW 0xe
#define EFI_WHITE 0xf
#define EFI_TEXT_ATTR(fg, bg) ((fg) | (bg) << 4)

/* ------------------------------------------------------------------ */
/* Boot services */

typedef VOID (EFIAPI *EFI_EVENT_NOTIFY)(EFI_EVENT Event, VOID *Context);

#define EVT_TIMER 0x80000000U
#define EVT_RUNTIME 0x40000000U
#define EVT_NOTIFY_WAIT 0x00000100U
#define EVT_NOTIFY_SIGNAL 0x00000200U
#define EVT_SIGNAL_EXIT_BOOT_SERVICES 0x00000201U
#define EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE 0x60000202U

#define TPL_APPLICATION 4
#define TPL_CALLBACK 8
#define TPL_NOTIFY 16
#define TPL_HIGH_LEVEL 31

typedef enum {
    TimerCancel,
    TimerPeriodic,
    TimerRelative
} EFI_TIMER_DELAY;

typedef enum {
    EFI_NATIVE_INTERFACE
} EFI_INTERFACE_TYPE;

typedef enum {
    AllHandles,
    ByRegisterNotify,
    ByProtocol
} EFI_LOCATE_SEARCH_TYPE;

#define EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL 0x00000001
#define EFI_OPEN_PROTOCOL_GET_PROTOCOL 0x00000002
#define EFI_OPEN_PROTOCOL_TEST_PROTOCOL 0x00000004
#define EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER 0x00000008
#define EFI_OPEN_PROTOCOL_BY_DRIVER 0x00000010
#define EFI_OPEN_PROTOCOL_EXCLUSIVE 0x00000020

typedef struct {
    EFI_HANDLE AgentHandle;
    EFI_HANDLE ControllerHandle;
    UINT32 Attributes;
    UINT32 OpenCount;
} EFI_OPEN_PROTOCOL_INFORMATION_ENTRY;

struct _EFI_SYSTEM_TABLE;
typedef EFI_STATUS (EFIAPI *EFI_IMAGE_ENTRY_POINT)(EFI_HANDLE ImageHandle,
                                                   struct _EFI_SYSTEM_TABLE *);

typedef struct {
    EFI_TABLE_HEADER Hdr;

    EFI_TPL (EFIAPI *RaiseTPL)(EFI_TPL NewTpl);
    VOID (EFIAPI *RestoreTPL)(EFI_TPL OldTpl);

    EFI_STATUS (EFIAPI *AllocatePages)(EFI_ALLOCATE_TYPE Type,
                                       EFI_MEMORY_TYPE MemoryType,
                                       UINTN Pages,
                                       EFI_PHYSICAL_ADDRESS *Memory);
    EFI_STATUS (EFIAPI *FreePages)(EFI_PHYSICAL_ADDRESS Memory, UINTN Pages);
    EFI_STATUS (EFIAPI *GetMemoryMap)(UINTN *MemoryMapSize,
                                      EFI_MEMORY_DESCRIPTOR *MemoryMap,
                                      UINTN *MapKey, UINTN *DescriptorSize,
                                      UINT32 *DescriptorVersion);
    EFI_STATUS (EFIAPI *AllocatePool)(EFI_MEMORY_TYPE PoolType, UINTN Size,
                                      VOID **Buffer);
    EFI_STATUS (EFIAPI *FreePool)(VOID *Buffer);

    EFI_STATUS (EFIAPI *CreateEvent)(UINT32 Type, EFI_TPL NotifyTpl,
                                     EFI_EVENT_NOTIFY NotifyFunction,
                                     VOID *NotifyContext, EFI_EVENT *Event);
    EFI_STATUS (EFIAPI *SetTimer)(EFI_EVENT Event, EFI_TIMER_DELAY Type,
                                  UINT64 TriggerTime);
    EFI_STATUS (EFIAPI *WaitForEvent)(UINTN NumberOfEvents, EFI_EVENT *Event,
                                      UINTN *Index);
    EFI_STATUS (EFIAPI *SignalEvent)(EFI_EVENT Event);
    EFI_STATUS (EFIAPI *CloseEvent)(EFI_EVENT Event);
    EFI_STATUS (EFIAPI *CheckEvent)(EFI_EVENT Event);

    EFI_STATUS (EFIAPI *InstallProtocolInterface)(EFI_HANDLE *Handle,
                                                  EFI_GUID *Protocol,
                                                  EFI_INTERFACE_TYPE Type,
                                                  VOID *Interface);
    EFI_STATUS (EFIAPI *ReinstallProtocolInterface)(EFI_HANDLE Handle,
                                                    EFI_GUID *Protocol,
                                                    VOID *OldInterface,
                                                    VOID *NewInterface);
    EFI_STATUS (EFIAPI *UninstallProtocolInterface)(EFI_HANDLE Handle,
                                                    EFI_GUID *Protocol,
                                                    VOID *Interface);
    EFI_STATUS (EFIAPI *HandleProtocol)(EFI_HANDLE Handle, EFI_GUID *Protocol,
                                        VOID **Interface);
    VOID *Reserved;
    EFI_STATUS (EFIAPI *RegisterProtocolNotify)(EFI_GUID *Protocol,
                                                EFI_EVENT Event,
                                                VOID **Registration);
    EFI_STATUS (EFIAPI *LocateHandle)(EFI_LOCATE_SEARCH_TYPE SearchType,
                                      EFI_GUID *Protocol, VOID *SearchKey,
                                      UINTN *BufferSize, EFI_HANDLE *Buffer);
    EFI_STATUS (EFIAPI *LocateDevicePath)(EFI_GUID *Protocol,
                                          EFI_DEVICE_PATH_PROTOCOL **DevicePath,
                                          EFI_HANDLE *Device);
    EFI_STATUS (EFIAPI *InstallConfigurationTable)(EFI_GUID *Guid,
                                                   VOID *Table);

    EFI_STATUS (EFIAPI *LoadImage)(BOOLEAN BootPolicy,
                                   EFI_HANDLE ParentImageHandle,
                                   EFI_DEVICE_PATH_PROTOCOL *FilePath,
                                   VOID *SourceBuffer, UINTN SourceSize,
                                   EFI_HANDLE *ImageHandle);
    EFI_STATUS (EFIAPI *StartImage)(EFI_HANDLE ImageHandle,
                                    UINTN *ExitDataSize, CHAR16 **ExitData);
    EFI_STATUS (EFIAPI *Exit)(EFI_HANDLE ImageHandle, EFI_STATUS ExitStatus,
                              UINTN ExitDataSize, CHAR16 *ExitData);
    EFI_STATUS (EFIAPI *UnloadImage)(EFI_HANDLE ImageHandle);
    EFI_STATUS (EFIAPI *ExitBootServices)(EFI_HANDLE ImageHandle,
                                          UINTN MapKey);

    EFI_STATUS (EFIAPI *GetNextMonotonicCount)(UINT64 *Count);
    EFI_STATUS (EFIAPI *Stall)(UINTN Microseconds);
    EFI_STATUS (EFIAPI *SetWatchdogTimer)(UINTN Timeout, UINT64 WatchdogCode,
                                          UINTN DataSize,
                                          CHAR16 *WatchdogData);

    EFI_STATUS (EFIAPI *ConnectController)(EFI_HANDLE ControllerHandle,
                                           EFI_HANDLE *DriverImageHandle,
                                           EFI_DEVICE_PATH_PROTOCOL *Remaining,
                                           BOOLEAN Recursive);
    EFI_STATUS (EFIAPI *DisconnectController)(EFI_HANDLE ControllerHandle,
                                              EFI_HANDLE DriverImageHandle,
                                              EFI_HANDLE ChildHandle);

    EFI_STATUS (EFIAPI *OpenProtocol)(EFI_HANDLE Handle, EFI_GUID *Protocol,
                                      VOID **Interface, EFI_HANDLE AgentHandle,
                                      EFI_HANDLE ControllerHandle,
                                      UINT32 Attributes);
    EFI_STATUS (EFIAPI *CloseProtocol)(EFI_HANDLE Handle, EFI_GUID *Protocol,
                                       EFI_HANDLE AgentHandle,
                                       EFI_HANDLE ControllerHandle);
    EFI_STATUS (EFIAPI *OpenProtocolInformation)(
        EFI_HANDLE Handle, EFI_GUID *Protocol,
        EFI_OPEN_PROTOCOL_INFORMATION_ENTRY **EntryBuffer, UINTN *EntryCount);

    EFI_STATUS (EFIAPI *ProtocolsPerHandle)(EFI_HANDLE Handle,
                                            EFI_GUID ***ProtocolBuffer,
                                            UINTN *ProtocolBufferCount);
    EFI_STATUS (EFIAPI *LocateHandleBuffer)(EFI_LOCATE_SEARCH_TYPE SearchType,
                                            EFI_GUID *Protocol,
                                            VOID *SearchKey, UINTN *NoHandles,
                                            EFI_HANDLE **Buffer);
    EFI_STATUS (EFIAPI *LocateProtocol)(EFI_GUID *Protocol,
                                        VOID *Registration, VOID **Interface);
    EFI_STATUS (EFIAPI *InstallMultipleProtocolInterfaces)(EFI_HANDLE *Handle,
                                                           ...);
    EFI_STATUS (EFIAPI *UninstallMultipleProtocolInterfaces)(EFI_HANDLE Handle,
                                                             ...);

    EFI_STATUS (EFIAPI *CalculateCrc32)(VOID *Data, UINTN DataSize,
                                        UINT32 *Crc32);
    VOID (EFIAPI *CopyMem)(VOID *Destination, VOID *Source, UINTN Length);
    VOID (EFIAPI *SetMem)(VOID *Buffer, UINTN Size, UINT8 Value);
} EFI_BOOT_SERVICES;

#define EFI_BOOT_SERVICES_SIGNATURE 0x56524553544f4f42UL /* "BOOTSERV" */

/* ------------------------------------------------------------------ */
/* Runtime services */

typedef enum {
    EfiResetCold,
    EfiResetWarm,
    EfiResetShutdown
} EFI_RESET_TYPE;

#define EFI_VARIABLE_NON_VOLATILE 0x00000001
#define EFI_VARIABLE_BOOTSERVICE_ACCESS 0x00000002
#define EFI_VARIABLE_RUNTIME_ACCESS 0x00000004

#define EFI_OPTIONAL_PTR 0x00000001

typedef struct {
    EFI_TABLE_HEADER Hdr;

    EFI_STATUS (EFIAPI *GetTime)(EFI_TIME *Time,
                                 EFI_TIME_CAPABILITIES *Capabilities);
    EFI_STATUS (EFIAPI *SetTime)(EFI_TIME *Time);
    EFI_STATUS (EFIAPI *GetWakeupTime)(BOOLEAN *Enabled, BOOLEAN *Pending,
                                       EFI_TIME *Time);
    EFI_STATUS (EFIAPI *SetWakeupTime)(BOOLEAN Enable, EFI_TIME *Time);

    EFI_STATUS (EFIAPI *SetVirtualAddressMap)(UINTN MemoryMapSize,
                                              UINTN DescriptorSize,
                                              UINT32 DescriptorVersion,
                                              EFI_MEMORY_DESCRIPTOR *Map);
    EFI_STATUS (EFIAPI *ConvertPointer)(UINTN DebugDisposition,
                                        VOID **Address);

    EFI_STATUS (EFIAPI *GetVariable)(CHAR16 *VariableName,
                                     EFI_GUID *VendorGuid, UINT32 *Attributes,
                                     UINTN *DataSize, VOID *Data);
    EFI_STATUS (EFIAPI *GetNextVariableName)(UINTN *VariableNameSize,
                                             CHAR16 *VariableName,
                                             EFI_GUID *VendorGuid);
    EFI_STATUS (EFIAPI *SetVariable)(CHAR16 *VariableName,
                                     EFI_GUID *VendorGuid, UINT32 Attributes,
                                     UINTN DataSize, VOID *Data);

    EFI_STATUS (EFIAPI *GetNextHighMonotonicCount)(UINT32 *HighCount);
    VOID (EFIAPI *ResetSystem)(EFI_RESET_TYPE ResetType,
                               EFI_STATUS ResetStatus, UINTN DataSize,
                               CHAR16 *ResetData);
} EFI_RUNTIME_SERVICES;

#define EFI_RUNTIME_SERVICES_SIGNATURE 0x56524553544e5552UL /* "RUNTSERV" */

typedef struct {
    EFI_GUID VendorGuid;
    VOID *VendorTable;
} EFI_CONFIGURATION_TABLE;

typedef struct _EFI_SYSTEM_TABLE {
    EFI_TABLE_HEADER Hdr;
    CHAR16 *FirmwareVendor;
    UINT32 FirmwareRevision;
    EFI_HANDLE ConsoleInHandle;
    SIMPLE_INPUT_INTERFACE *ConIn;
    EFI_HANDLE ConsoleOutHandle;
    SIMPLE_TEXT_OUTPUT_INTERFACE *ConOut;
    EFI_HANDLE StandardErrorHandle;
    SIMPLE_TEXT_OUTPUT_INTERFACE *StdErr;
    EFI_RUNTIME_SERVICES *RuntimeServices;
    EFI_BOOT_SERVICES *BootServices;
    UINTN NumberOfTableEntries;
    EFI_CONFIGURATION_TABLE *ConfigurationTable;
} EFI_SYSTEM_TABLE;

#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249UL /* "IBI SYST" */

/* ------------------------------------------------------------------ */
/* Images */

#define EFI_LOADED_IMAGE_INFORMATION_REVISION 0x1000

typedef struct {
    UINT32 Revision;
    EFI_HANDLE ParentHandle;
    EFI_SYSTEM_TABLE *SystemTable;
    EFI_HANDLE DeviceHandle;
    EFI_DEVICE_PATH_PROTOCOL *FilePath;
    VOID *Reserved;
    UINT32 LoadOptionsSize;
    VOID *LoadOptions;
    VOID *ImageBase;
    UINT64 ImageSize;
    EFI_MEMORY_TYPE ImageCodeType;
    EFI_MEMORY_TYPE ImageDataType;
    EFI_STATUS (EFIAPI *Unload)(EFI_HANDLE ImageHandle);
} EFI_LOADED_IMAGE;
typedef EFI_LOADED_IMAGE EFI_LOADED_IMAGE_PROTOCOL;

typedef struct _EFI_LOAD_FILE_INTERFACE EFI_LOAD_FILE_INTERFACE;
struct _EFI_LOAD_FILE_INTERFACE {
    EFI_STATUS (EFIAPI *LoadFile)(EFI_LOAD_FILE_INTERFACE *This,
                                  EFI_DEVICE_PATH_PROTOCOL *FilePath,
                                  BOOLEAN BootPolicy, UINTN *BufferSize,
                                  VOID *Buffer);
};

/* ------------------------------------------------------------------ */
/* Block, disk and file protocols */

typedef struct {
    UINT32 MediaId;
    BOOLEAN RemovableMedia;
    BOOLEAN MediaPresent;
    BOOLEAN LogicalPartition;
    BOOLEAN ReadOnly;
    BOOLEAN WriteCaching;
    UINT32 BlockSize;
    UINT32 IoAlign;
    EFI_LBA LastBlock;
} EFI_BLOCK_IO_MEDIA;

#define EFI_BLOCK_IO_INTERFACE_REVISION 0x00010000

typedef struct _EFI_BLOCK_IO EFI_BLOCK_IO;
struct _EFI_BLOCK_IO {
    UINT64 Revision;
    EFI_BLOCK_IO_MEDIA *Media;
    EFI_STATUS (EFIAPI *Reset)(EFI_BLOCK_IO *This,
                               BOOLEAN ExtendedVerification);
    EFI_STATUS (EFIAPI *ReadBlocks)(EFI_BLOCK_IO *This, UINT32 MediaId,
                                    EFI_LBA LBA, UINTN BufferSize,
                                    VOID *Buffer);
    EFI_STATUS (EFIAPI *WriteBlocks)(EFI_BLOCK_IO *This, UINT32 MediaId,
                                     EFI_LBA LBA, UINTN BufferSize,
                                     VOID *Buffer);
    EFI_STATUS (EFIAPI *FlushBlocks)(EFI_BLOCK_IO *This);
};
typedef EFI_BLOCK_IO EFI_BLOCK_IO_PROTOCOL;

#define EFI_DISK_IO_INTERFACE_REVISION 0x00010000

typedef struct _EFI_DISK_IO EFI_DISK_IO;
struct _EFI_DISK_IO {
    UINT64 Revision;
    EFI_STATUS (EFIAPI *ReadDisk)(EFI_DISK_IO *This, UINT32 MediaId,
                                  UINT64 Offset, UINTN BufferSize,
                                  VOID *Buffer);
    EFI_STATUS (EFIAPI *WriteDisk)(EFI_DISK_IO *This, UINT32 MediaId,
                                   UINT64 Offset, UINTN BufferSize,
                                   VOID *Buffer);
};
typedef EFI_DISK_IO EFI_DISK_IO_PROTOCOL;

#define EFI_FILE_IO_INTERFACE_REVISION 0x00010000
#define EFI_FILE_HANDLE_REVISION 0x00010000

#define EFI_FILE_MODE_READ 0x0000000000000001UL
#define EFI_FILE_MODE_WRITE 0x0000000000000002UL
#define EFI_FILE_MODE_CREATE 0x8000000000000000UL

#define EFI_FILE_READ_ONLY 0x01UL
#define EFI_FILE_HIDDEN 0x02UL
#define EFI_FILE_SYSTEM 0x04UL
#define EFI_FILE_RESERVED 0x08UL
#define EFI_FILE_DIRECTORY 0x10UL
#define EFI_FILE_ARCHIVE 0x20UL
#define EFI_FILE_VALID_ATTR 0x37UL

typedef struct _EFI_FILE EFI_FILE;
typedef EFI_FILE *EFI_FILE_HANDLE;
typedef EFI_FILE EFI_FILE_PROTOCOL;
struct _EFI_FILE {
    UINT64 Revision;
    EFI_STATUS (EFIAPI *Open)(EFI_FILE *This, EFI_FILE **NewHandle,
                              CHAR16 *FileName, UINT64 OpenMode,
                              UINT64 Attributes);
    EFI_STATUS (EFIAPI *Close)(EFI_FILE *This);
    EFI_STATUS (EFIAPI *Delete)(EFI_FILE *This);
    EFI_STATUS (EFIAPI *Read)(EFI_FILE *This, UINTN *BufferSize,
                              VOID *Buffer);
    EFI_STATUS (EFIAPI *Write)(EFI_FILE *This, UINTN *BufferSize,
                               VOID *Buffer);
    EFI_STATUS (EFIAPI *GetPosition)(EFI_FILE *This, UINT64 *Position);
    EFI_STATUS (EFIAPI *SetPosition)(EFI_FILE *This, UINT64 Position);
    EFI_STATUS (EFIAPI *GetInfo)(EFI_FILE *This, EFI_GUID *InformationType,
                                 UINTN *BufferSize, VOID *Buffer);
    EFI_STATUS (EFIAPI *SetInfo)(EFI_FILE *This, EFI_GUID *InformationType,
                                 UINTN BufferSize, VOID *Buffer);
    EFI_STATUS (EFIAPI *Flush)(EFI_FILE *This);
};

typedef struct _EFI_FILE_IO_INTERFACE EFI_FILE_IO_INTERFACE;
struct _EFI_FILE_IO_INTERFACE {
    UINT64 Revision;
    EFI_STATUS (EFIAPI *OpenVolume)(EFI_FILE_IO_INTERFACE *This,
                                    EFI_FILE **Root);
};
typedef EFI_FILE_IO_INTERFACE EFI_SIMPLE_FILE_SYSTEM_PROTOCOL;

typedef struct {
    UINT64 Size;
    UINT64 FileSize;
    UINT64 PhysicalSize;
    EFI_TIME CreateTime;
    EFI_TIME LastAccessTime;
    EFI_TIME ModificationTime;
    UINT64 Attribute;
    CHAR16 FileName[];
} EFI_FILE_INFO;

typedef struct {
    UINT64 Size;
    BOOLEAN ReadOnly;
    UINT64 VolumeSize;
    UINT64 FreeSpace;
    UINT32 BlockSize;
    CHAR16 VolumeLabel[];
} EFI_FILE_SYSTEM_INFO;

/* ------------------------------------------------------------------ */
/* Unicode collation */

typedef struct _EFI_UNICODE_COLLATION_INTERFACE EFI_UNICODE_COLLATION_INTERFACE;
struct _EFI_UNICODE_COLLATION_INTERFACE {
    INTN (EFIAPI *StriColl)(EFI_UNICODE_COLLATION_INTERFACE *This,
                            CHAR16 *s1, CHAR16 *s2);
    BOOLEAN (EFIAPI *MetaiMatch)(EFI_UNICODE_COLLATION_INTERFACE *This,
                                 CHAR16 *String, CHAR16 *Pattern);
    VOID (EFIAPI *StrLwr)(EFI_UNICODE_COLLATION_INTERFACE *This,
                          CHAR16 *String);
    VOID (EFIAPI *StrUpr)(EFI_UNICODE_COLLATION_INTERFACE *This,
                          CHAR16 *String);
    VOID (EFIAPI *FatToStr)(EFI_UNICODE_COLLATION_INTERFACE *This,
                            UINTN FatSize, CHAR8 *Fat, CHAR16 *String);
    BOOLEAN (EFIAPI *StrToFat)(EFI_UNICODE_COLLATION_INTERFACE *This,
                               CHAR16 *String, UINTN FatSize, CHAR8 *Fat);
    CHAR8 *SupportedLanguages;
};

/* ------------------------------------------------------------------ */
/* Serial I/O */

typedef enum {
    DefaultParity,
    NoParity,
    EvenParity,
    OddParity,
    MarkParity,
    SpaceParity
} EFI_PARITY_TYPE;

typedef enum {
    DefaultStopBits,
    OneStopBit,
    OneFiveStopBits,
    TwoStopBits
} EFI_STOP_BITS_TYPE;

#define EFI_SERIAL_CLEAR_TO_SEND 0x0010
#define EFI_SERIAL_DATA_SET_READY 0x0020
#define EFI_SERIAL_RING_INDICATE 0x0040
#define EFI_SERIAL_CARRIER_DETECT 0x0080
#define EFI_SERIAL_REQUEST_TO_SEND 0x0002
#define EFI_SERIAL_DATA_TERMINAL_READY 0x0001
#define EFI_SERIAL_INPUT_BUFFER_EMPTY 0x0100
#define EFI_SERIAL_OUTPUT_BUFFER_EMPTY 0x0200
#define EFI_SERIAL_HARDWARE_LOOPBACK_ENABLE 0x1000
#define EFI_SERIAL_SOFTWARE_LOOPBACK_ENABLE 0x2000
#define EFI_SERIAL_HARDWARE_FLOW_CONTROL_ENABLE 0x4000

typedef struct {
    UINT32 ControlMask;
    UINT32 Timeout;
    UINT64 BaudRate;
    UINT32 ReceiveFifoDepth;
    UINT32 DataBits;
    UINT32 Parity;
    UINT32 StopBits;
} SERIAL_IO_MODE;

#define SERIAL_IO_INTERFACE_REVISION 0x00010000

typedef struct _SERIAL_IO_INTERFACE SERIAL_IO_INTERFACE;
struct _SERIAL_IO_INTERFACE {
    UINT32 Revision;
    EFI_STATUS (EFIAPI *Reset)(SERIAL_IO_INTERFACE *This);
    EFI_STATUS (EFIAPI *SetAttributes)(SERIAL_IO_INTERFACE *This,
                                       UINT64 BaudRate,
                                       UINT32 ReceiveFifoDepth,
                                       UINT32 Timeout, EFI_PARITY_TYPE Parity,
                                       UINT8 DataBits,
                                       EFI_STOP_BITS_TYPE StopBits);
    EFI_STATUS (EFIAPI *SetControl)(SERIAL_IO_INTERFACE *This,
                                    UINT32 Control);
    EFI_STATUS (EFIAPI *GetControl)(SERIAL_IO_INTERFACE *This,
                                    UINT32 *Control);
    EFI_STATUS (EFIAPI *Write)(SERIAL_IO_INTERFACE *This, UINTN *BufferSize,
                               VOID *Buffer);
    EFI_STATUS (EFIAPI *Read)(SERIAL_IO_INTERFACE *This, UINTN *BufferSize,
                              VOID *Buffer);
    SERIAL_IO_MODE *Mode;
};

/* ------------------------------------------------------------------ */
/* EFI 1.10 driver model */

typedef struct _EFI_DRIVER_BINDING_PROTOCOL EFI_DRIVER_BINDING_PROTOCOL;
struct _EFI_DRIVER_BINDING_PROTOCOL {
    EFI_STATUS (EFIAPI *Supported)(EFI_DRIVER_BINDING_PROTOCOL *This,
                                   EFI_HANDLE ControllerHandle,
                                   EFI_DEVICE_PATH_PROTOCOL *Remaining);
    EFI_STATUS (EFIAPI *Start)(EFI_DRIVER_BINDING_PROTOCOL *This,
                               EFI_HANDLE ControllerHandle,
                               EFI_DEVICE_PATH_PROTOCOL *Remaining);
    EFI_STATUS (EFIAPI *Stop)(EFI_DRIVER_BINDING_PROTOCOL *This,
                              EFI_HANDLE ControllerHandle,
                              UINTN NumberOfChildren,
                              EFI_HANDLE *ChildHandleBuffer);
    UINT32 Version;
    EFI_HANDLE ImageHandle;
    EFI_HANDLE DriverBindingHandle;
};

typedef struct _EFI_COMPONENT_NAME_PROTOCOL EFI_COMPONENT_NAME_PROTOCOL;
struct _EFI_COMPONENT_NAME_PROTOCOL {
    EFI_STATUS (EFIAPI *GetDriverName)(EFI_COMPONENT_NAME_PROTOCOL *This,
                                       CHAR8 *Language, CHAR16 **DriverName);
    EFI_STATUS (EFIAPI *GetControllerName)(EFI_COMPONENT_NAME_PROTOCOL *This,
                                           EFI_HANDLE ControllerHandle,
                                           EFI_HANDLE ChildHandle,
                                           CHAR8 *Language,
                                           CHAR16 **ControllerName);
    CHAR8 *SupportedLanguages;
};

/* ------------------------------------------------------------------ */
/* PCI root bridge I/O and PCI I/O */

typedef enum {
    EfiPciWidthUint8,
    EfiPciWidthUint16,
    EfiPciWidthUint32,
    EfiPciWidthUint64,
    EfiPciWidthFifoUint8,
    EfiPciWidthFifoUint16,
    EfiPciWidthFifoUint32,
    EfiPciWidthFifoUint64,
    EfiPciWidthFillUint8,
    EfiPciWidthFillUint16,
    EfiPciWidthFillUint32,
    EfiPciWidthFillUint64,
    EfiPciWidthMaximum
} EFI_PCI_WIDTH;
typedef EFI_PCI_WIDTH EFI_PCI_IO_PROTOCOL_WIDTH;
typedef EFI_PCI_WIDTH EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_WIDTH;

typedef enum {
    EfiPciIoOperationBusMasterRead,
    EfiPciIoOperationBusMasterWrite,
    EfiPciIoOperationBusMasterCommonBuffer,
    EfiPciIoOperationMaximum
} EFI_PCI_IO_PROTOCOL_OPERATION;

typedef enum {
    EfiPciOperationBusMasterRead,
    EfiPciOperationBusMasterWrite,
    EfiPciOperationBusMasterCommonBuffer,
    EfiPciOperationBusMasterRead64,
    EfiPciOperationBusMasterWrite64,
    EfiPciOperationBusMasterCommonBuffer64,
    EfiPciOperationMaximum
} EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_OPERATION;

typedef enum {
    EfiPciIoAttributeOperationGet,
    EfiPciIoAttributeOperationSet,
    EfiPciIoAttributeOperationEnable,
    EfiPciIoAttributeOperationDisable,
    EfiPciIoAttributeOperationSupported,
    EfiPciIoAttributeOperationMaximum
} EFI_PCI_IO_PROTOCOL_ATTRIBUTE_OPERATION;

#define EFI_PCI_IO_ATTRIBUTE_IO 0x0100
#define EFI_PCI_IO_ATTRIBUTE_MEMORY 0x0200
#define EFI_PCI_IO_ATTRIBUTE_BUS_MASTER 0x0400
#define EFI_PCI_IO_ATTRIBUTE_DUAL_ADDRESS_CYCLE 0x8000
#define EFI_PCI_IO_PASS_THROUGH_BAR 0xff

typedef struct _EFI_PCI_IO_PROTOCOL EFI_PCI_IO_PROTOCOL;

typedef struct {
    EFI_STATUS (EFIAPI *Read)(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH Width,
                              UINT8 BarIndex, UINT64 Offset, UINTN Count,
                              VOID *Buffer);
    EFI_STATUS (EFIAPI *Write)(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH Width,
                               UINT8 BarIndex, UINT64 Offset, UINTN Count,
                               VOID *Buffer);
} EFI_PCI_IO_PROTOCOL_ACCESS;

typedef struct {
    EFI_STATUS (EFIAPI *Read)(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH Width,
                              UINT32 Offset, UINTN Count, VOID *Buffer);
    EFI_STATUS (EFIAPI *Write)(EFI_PCI_IO_PROTOCOL *This, EFI_PCI_WIDTH Width,
                               UINT32 Offset, UINTN Count, VOID *Buffer);
} EFI_PCI_IO_PROTOCOL_CONFIG_ACCESS;

struct _EFI_PCI_IO_PROTOCOL {
    EFI_STATUS (EFIAPI *PollMem)(EFI_PCI_IO_PROTOCOL *This,
                                 EFI_PCI_WIDTH Width, UINT8 BarIndex,
                                 UINT64 Offset, UINT64 Mask, UINT64 Value,
                                 UINT64 Delay, UINT64 *Result);
    EFI_STATUS (EFIAPI *PollIo)(EFI_PCI_IO_PROTOCOL *This,
                                EFI_PCI_WIDTH Width, UINT8 BarIndex,
                                UINT64 Offset, UINT64 Mask, UINT64 Value,
                                UINT64 Delay, UINT64 *Result);
    EFI_PCI_IO_PROTOCOL_ACCESS Mem;
    EFI_PCI_IO_PROTOCOL_ACCESS Io;
    EFI_PCI_IO_PROTOCOL_CONFIG_ACCESS Pci;
    EFI_STATUS (EFIAPI *CopyMem)(EFI_PCI_IO_PROTOCOL *This,
                                 EFI_PCI_WIDTH Width, UINT8 DestBarIndex,
                                 UINT64 DestOffset, UINT8 SrcBarIndex,
                                 UINT64 SrcOffset, UINTN Count);
    EFI_STATUS (EFIAPI *Map)(EFI_PCI_IO_PROTOCOL *This,
                             EFI_PCI_IO_PROTOCOL_OPERATION Operation,
                             VOID *HostAddress, UINTN *NumberOfBytes,
                             EFI_PHYSICAL_ADDRESS *DeviceAddress,
                             VOID **Mapping);
    EFI_STATUS (EFIAPI *Unmap)(EFI_PCI_IO_PROTOCOL *This, VOID *Mapping);
    EFI_STATUS (EFIAPI *AllocateBuffer)(EFI_PCI_IO_PROTOCOL *This,
                                        EFI_ALLOCATE_TYPE Type,
                                        EFI_MEMORY_TYPE MemoryType,
                                        UINTN Pages, VOID **HostAddress,
                                        UINT64 Attributes);
    EFI_STATUS (EFIAPI *FreeBuffer)(EFI_PCI_IO_PROTOCOL *This, UINTN Pages,
                                    VOID *HostAddress);
    EFI_STATUS (EFIAPI *Flush)(EFI_PCI_IO_PROTOCOL *This);
    EFI_STATUS (EFIAPI *GetLocation)(EFI_PCI_IO_PROTOCOL *This,
                                     UINTN *SegmentNumber, UINTN *BusNumber,
                                     UINTN *DeviceNumber,
                                     UINTN *FunctionNumber);
    EFI_STATUS (EFIAPI *Attributes)(
        EFI_PCI_IO_PROTOCOL *This,
        EFI_PCI_IO_PROTOCOL_ATTRIBUTE_OPERATION Operation,
        UINT64 Attributes, UINT64 *Result);
    EFI_STATUS (EFIAPI *GetBarAttributes)(EFI_PCI_IO_PROTOCOL *This,
                                          UINT8 BarIndex, UINT64 *Supports,
                                          VOID **Resources);
    EFI_STATUS (EFIAPI *SetBarAttributes)(EFI_PCI_IO_PROTOCOL *This,
                                          UINT64 Attributes, UINT8 BarIndex,
                                          UINT64 *Offset, UINT64 *Length);
    UINT64 RomSize;
    VOID *RomImage;
};

typedef struct _EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL;

typedef struct {
    EFI_STATUS (EFIAPI *Read)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                              EFI_PCI_WIDTH Width, UINT64 Address,
                              UINTN Count, VOID *Buffer);
    EFI_STATUS (EFIAPI *Write)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                               EFI_PCI_WIDTH Width, UINT64 Address,
                               UINTN Count, VOID *Buffer);
} EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_ACCESS;

struct _EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL {
    EFI_HANDLE ParentHandle;
    EFI_STATUS (EFIAPI *PollMem)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                 EFI_PCI_WIDTH Width, UINT64 Address,
                                 UINT64 Mask, UINT64 Value, UINT64 Delay,
                                 UINT64 *Result);
    EFI_STATUS (EFIAPI *PollIo)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                EFI_PCI_WIDTH Width, UINT64 Address,
                                UINT64 Mask, UINT64 Value, UINT64 Delay,
                                UINT64 *Result);
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_ACCESS Mem;
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_ACCESS Io;
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_ACCESS Pci;
    EFI_STATUS (EFIAPI *CopyMem)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                 EFI_PCI_WIDTH Width, UINT64 DestAddress,
                                 UINT64 SrcAddress, UINTN Count);
    EFI_STATUS (EFIAPI *Map)(
        EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
        EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_OPERATION Operation,
        VOID *HostAddress, UINTN *NumberOfBytes,
        EFI_PHYSICAL_ADDRESS *DeviceAddress, VOID **Mapping);
    EFI_STATUS (EFIAPI *Unmap)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                               VOID *Mapping);
    EFI_STATUS (EFIAPI *AllocateBuffer)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                        EFI_ALLOCATE_TYPE Type,
                                        EFI_MEMORY_TYPE MemoryType,
                                        UINTN Pages, VOID **HostAddress,
                                        UINT64 Attributes);
    EFI_STATUS (EFIAPI *FreeBuffer)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                    UINTN Pages, VOID *HostAddress);
    EFI_STATUS (EFIAPI *Flush)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This);
    EFI_STATUS (EFIAPI *GetAttributes)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       UINT64 *Supports, UINT64 *Attributes);
    EFI_STATUS (EFIAPI *SetAttributes)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       UINT64 Attributes,
                                       UINT64 *ResourceBase,
                                       UINT64 *ResourceLength);
    EFI_STATUS (EFIAPI *Configuration)(EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *This,
                                       VOID **Resources);
    UINT32 SegmentNumber;
};

/* ------------------------------------------------------------------ */
/* GUIDs: defined once in efi/guids.c */

extern const EFI_GUID gEfiGlobalVariableGuid;
extern const EFI_GUID gEfiDevicePathProtocolGuid;
extern const EFI_GUID gEfiLoadedImageProtocolGuid;
extern const EFI_GUID gEfiLoadFileProtocolGuid;
extern const EFI_GUID gEfiSimpleTextInProtocolGuid;
extern const EFI_GUID gEfiSimpleTextOutProtocolGuid;
extern const EFI_GUID gEfiSerialIoProtocolGuid;
extern const EFI_GUID gEfiBlockIoProtocolGuid;
extern const EFI_GUID gEfiDiskIoProtocolGuid;
extern const EFI_GUID gEfiSimpleFileSystemProtocolGuid;
extern const EFI_GUID gEfiSasDevicePathGuid;
extern const EFI_GUID gEfiFileInfoGuid;
extern const EFI_GUID gEfiFileSystemInfoGuid;
extern const EFI_GUID gEfiFileSystemVolumeLabelInfoGuid;
extern const EFI_GUID gEfiUnicodeCollationProtocolGuid;
extern const EFI_GUID gEfiDriverBindingProtocolGuid;
extern const EFI_GUID gEfiComponentNameProtocolGuid;
extern const EFI_GUID gEfiPciIoProtocolGuid;
extern const EFI_GUID gEfiPciRootBridgeIoProtocolGuid;
extern const EFI_GUID gEfiFpswaProtocolGuid;
extern const EFI_GUID gEfiPartTypeSystemPartGuid;
extern const EFI_GUID gEfiSalSystemTableGuid;
extern const EFI_GUID gEfiAcpi20TableGuid;
extern const EFI_GUID gEfiAcpi10TableGuid;
extern const EFI_GUID gEfiSmbiosTableGuid;
extern const EFI_GUID gEfiHcdpTableGuid;

#endif /* ZX1_EFI_H */
