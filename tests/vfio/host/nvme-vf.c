/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Give the flexible resources of an NVMe controller to its first VF: NVM
 * Express base specification 2.0, 5.28 (Virtualization Management) and 8.26.
 *
 * usage: nvme-vf /dev/nvme0 release|online
 *
 * release: the physical function gives up what it has, from its next reset on
 * online: two queues and an interrupt to controller 1, which goes online
 */

#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define OPCODE          0x1c
#define PRIMARY_ALLOC   1
#define ASSIGN          8
#define ONLINE          9
#define QUEUES          0
#define INTERRUPTS      1

/* Whether the controller accepts it; says what it does not */
static int manage(int fd, unsigned action, unsigned controller,
                  unsigned resource, unsigned number)
{
    struct nvme_admin_cmd command = {
        .opcode = OPCODE,
        .cdw10 = controller << 16 | resource << 8 | action,
        .cdw11 = number,
    };
    int status = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);

    if (status) {
        printf("# nvme-vf: action %u: status 0x%x\n", action, status);
    }
    return !status;
}

int main(int argc, char **argv)
{
    int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;
    int ok;

    if (fd < 0) {
        perror("nvme-vf");
        return 2;
    }
    if (!strcmp(argv[2], "release")) {
        ok = manage(fd, PRIMARY_ALLOC, 0, INTERRUPTS, 0) &&
             manage(fd, PRIMARY_ALLOC, 0, QUEUES, 0);
    } else {
        ok = manage(fd, ASSIGN, 1, INTERRUPTS, 1) &&
             manage(fd, ASSIGN, 1, QUEUES, 2) &&
             manage(fd, ONLINE, 1, QUEUES, 0);
    }
    return !ok;
}
